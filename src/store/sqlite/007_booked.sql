-- A booked generation was charged by the price table and can still say what was billed.
CREATE INDEX generations_booked ON generations (submitted_at) WHERE state = 'booked';
