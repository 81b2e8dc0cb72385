"""Word files of the same stories as the PDFs: text and tables that an office may edit; fonts named, never shipped."""
