"""What came in: files into plain notebooks, and the assignment that they answer."""
