-- End of day: what a terminal was asked for since its batch was closed last.
CREATE INDEX step_at_terminal ON entry (body ->> '$.call.terminal.terminal', seq)
    WHERE body LIKE '{"entry":"step_requested"%';
CREATE INDEX operation_closing ON operation (finished_entry) WHERE method = 'terminal.reconcile';
