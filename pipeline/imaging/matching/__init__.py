"""Which delivered picture was made from which source: measured from pixels, decided apart."""
