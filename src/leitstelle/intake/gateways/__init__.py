"""The only files of intake that open a socket."""
