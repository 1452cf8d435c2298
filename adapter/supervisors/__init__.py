"""What each supervisor tells us and wants of us: one file or room for each."""
