"""What people read: a feedback page for each student, and the table of a class."""
