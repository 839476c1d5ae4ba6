//! Compresses the table of AWS reads, `reads/table/`, for the program.

#[path = "build/archive.rs"]
mod archive;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    archive::write("reads/table", "reads")
}
