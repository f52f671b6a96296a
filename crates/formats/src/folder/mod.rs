//! Complete accounts as a folder of tables.
