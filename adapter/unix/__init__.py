"""The kernel's edge. Each function does one thing and decides nothing; it speaks the kernel's words (pid, status, descriptor)."""
