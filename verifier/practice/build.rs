//! Compresses the table of AWS writes, `writes/table/`, for the program.

#[path = "../evidence/build/archive.rs"]
mod archive;
#[path = "../evidence/build/table.rs"]
mod table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    table::write("writes/table", "writes")
}
