//! ZVT.

mod conversation;
mod corpus;
mod explained;
mod faults;
mod faults_at_terminal;
mod fuzzed;
mod pair;
mod peer;
mod random;
mod redaction;
mod rows;
mod sent_once;
mod till;
mod together;
mod vectors;
mod wireshark;
