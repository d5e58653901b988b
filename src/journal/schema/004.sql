-- What somebody should look at (order.find, attention), what ends first first.
CREATE INDEX payment_expiring ON payment (expires_at) WHERE authorized > captured + voided;
CREATE INDEX payment_uncaptured ON payment (expires_at) WHERE body ->> '$.uncaptured' > 0;
CREATE INDEX payment_on_hold ON payment (expires_at) WHERE body ->> '$.standing' = 'on_hold';
