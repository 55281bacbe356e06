//! What inspection accepts, refuses and finds.

mod agreement;
mod charsets;
mod demands;
mod fingerprints;
mod fixture;
mod form_properties;
mod forms;
mod headers;
mod json_properties;
mod jsons;
mod library;
mod queries;
