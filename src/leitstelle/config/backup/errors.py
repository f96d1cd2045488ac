"""What stops a backup or a restore, in words for the person at the terminal."""


class BackupError(Exception):
    """It cannot be done this way; nothing was changed. The text says why and what to do."""


class Damaged(BackupError):
    """The archive is not what was written: torn, changed, or never one of ours."""
