//! Compresses the table of AWS writes, `writes/table/`, for the program.

#[path = "../evidence/build/archive.rs"]
mod archive;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    archive::write("writes/table", "writes")
}
