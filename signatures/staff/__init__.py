"""What staff do with signatures: look, count, chart, reject in waves, restore, export."""
