//! A small economy with its laws, and the published solution for Finland.

mod economy;
mod finland;
mod small;
