"""What the commands do that ask a running server something."""
