#include <cstdlib>
#include <string>

#include "store/cuts_document.h"

using namespace reelbatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  const auto record = store::ParseCutsDocument(text, "fuzz.json");
  if (!record) return 0;
  // What was read is written, and what was written is read again as the same.
  const std::string written = store::CutsDocument(*record);
  const auto again = store::ParseCutsDocument(written, "again.json");
  if (!again || store::CutsDocument(*again) != written) std::abort();
  return 0;
}
