"""The first steps of a new desk: one page that leads an administrator through what a team needs to begin.

Owns the order of the steps, what counts as done, and short forms for them. Every write is an action of the domain it
belongs to; the long forms are in the administration. Which steps were done or skipped is kept with the house.
"""
