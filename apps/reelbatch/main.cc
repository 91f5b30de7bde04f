#include <exception>
#include <new>
#include <string>
#include <vector>

#include "apps/reelbatch/program.h"

int main(int argc, char** argv) {
  using reelbatch::app::LastWords;
  try {
    return reelbatch::app::Program(std::vector<std::string>(argv, argv + argc));
  } catch (const std::bad_alloc&) {
    return LastWords("out of memory; give less with --max-memory or --videos-in-flight");
  } catch (const std::exception& error) {
    return LastWords(error.what());
  }
}
