#include <cstdlib>
#include <string>

#include "costs/bench_json.h"
#include "costs/render.h"
#include "costs/table_json.h"
#include "costs/v1_tables.h"

using namespace reelbatch;

/// Any table that is read is written, and read again as the same; what can be made of it is made.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  const auto loaded = costs::ImportAny(text, "fuzz.json", "fuzz");
  if (!loaded) return 0;
  const std::string written = costs::WriteTable(loaded->table);
  const auto again = costs::ParseTable(written, "again.json");
  if (!again || costs::WriteTable(again->table) != written) std::abort();
  costs::RenderChecklist(again->table);
  static_cast<void>(costs::ExportV1(again->table, costs::V1Part::kHard));
  static_cast<void>(costs::ExportMicro(again->table));
  static_cast<void>(costs::ExportMatrix(again->table));
  return 0;
}
