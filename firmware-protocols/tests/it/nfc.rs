//! What is read at a contactless reader.

mod frames;
mod reading;
