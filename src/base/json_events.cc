#include "base/json_events.h"

#include <fstream>
#include <system_error>

#include "base/text.h"

namespace reelbatch::base {

Status ReadJsonEvents(const std::filesystem::path& file, JsonEvents& events) {
  std::error_code error;
  std::ifstream text;
  if (std::filesystem::is_regular_file(file, error)) text.open(file, std::ios::binary);
  if (!text.is_open()) return Fail(Code::kIo, "cannot be read", PathForPeople(file));
  if (Json::sax_parse(text, &events)) return {};
  return Fail(
      text.bad() ? Code::kIo : Code::kCorrupt,
      text.bad() ? "cannot be read to its end" : "does not have the expected JSON structure",
      PathForPeople(file));
}

}  // namespace reelbatch::base
