//! A small economy with its laws, and the published solution for Finland.

pub(crate) mod economy;
mod finland;
mod small;
