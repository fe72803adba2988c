#![no_std]
//! hub
