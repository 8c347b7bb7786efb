"""The parts of the signalling protocol; everybody else imports them from `meetings.protocol`."""
