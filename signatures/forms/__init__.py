"""What people type: the forms that show the fields, and the reading that judges what came."""
