"""The configurations that `adapter conf` writes: plain values and templates in, files out. Nothing here touches the disk but to read templates."""
