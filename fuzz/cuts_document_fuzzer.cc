#include <cstdlib>
#include <string>

#include "components/cut_detection/cuts_document.h"

using namespace reelbatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  const auto record = components::ParseCutsDocument(text, "fuzz.json");
  if (!record) return 0;
  // What was read is written, and what was written is read again as the same.
  const std::string written = components::CutsDocument(*record);
  const auto again = components::ParseCutsDocument(written, "again.json");
  if (!again || components::CutsDocument(*again) != written) std::abort();
  return 0;
}
