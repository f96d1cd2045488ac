"""Settings, root urls, schedules and the command line: the only package that knows all domains."""
