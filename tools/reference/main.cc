// Writes the pages of docs/reference/ into the directory that it is given.
#include <fstream>
#include <iostream>
#include <string>

#include "tools/reference/reference.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: reference DIRECTORY\n";
    return 2;
  }
  for (const ichor::reference::Page& page : ichor::reference::Pages()) {
    const std::string path = std::string(argv[1]) + "/" + page.file;
    std::ofstream file(path, std::ios::binary);
    file << page.text;
    file.close();
    if (!file) {
      std::cerr << path << ": cannot be written\n";
      return 1;
    }
  }
  return 0;
}
