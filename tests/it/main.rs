//! Integration tests of `posd`: the shape of the code, its packaging, its contract with the outside.

mod architecture;
mod packaging;
mod source;
