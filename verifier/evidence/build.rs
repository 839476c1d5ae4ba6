//! Compresses the table of AWS reads, `reads/table/`, for the program, and lists its operations.

#[path = "build/archive.rs"]
mod archive;
#[path = "build/names.rs"]
mod names;
#[path = "build/table.rs"]
mod table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    table::write("reads/table", "reads")?;
    names::write("reads/table", "names")
}
