"""Measuring: fills tickets in bulk, then asks the running product over HTTP as its users would.

`filling` makes the data, `measuring` times operations, `report` shows them beside the budgets of the architecture.
"""
