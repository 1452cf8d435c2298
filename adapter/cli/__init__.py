"""Where people come in: the commands, one file each, read only when called. Nothing here decides or does; it asks `roles`."""
