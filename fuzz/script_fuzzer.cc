#include <string_view>

#include "reel/script.h"

using namespace reelbatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto script = reel::ParseScript(text, "fuzz.txt")) {
    static_cast<void>(reel::Validate(*script));
  }
  return 0;
}
