//! Compresses the table of AWS reads, `reads/table/`, for the program.

#[path = "build/archive.rs"]
mod archive;
#[path = "build/table.rs"]
mod table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    table::write("reads/table", "reads")
}
