#include <cstdlib>
#include <string>

#include "base/json_text.h"
#include "costs/bench_json.h"
#include "costs/render.h"
#include "costs/table_json.h"
#include "costs/v1_tables.h"

using namespace reelbatch;

namespace {

/// What an export that left no row out (rows in no bucket, or of another part) holds, the document
/// held.
void CompareWith(const std::string& text, const char* rows,
                 const base::Result<std::string>& exported) {
  if (!exported) return;
  const auto before = base::SortedJson::parse(text);
  const auto after = base::SortedJson::parse(*exported);
  if (before.contains(rows) && before[rows].size() == after[rows].size() && before != after)
    std::abort();
}

}  // namespace

/// Any table that is read is written, and read again as the same; what can be made of it is made; a
/// document of the origin comes out as it came in.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  const auto loaded = costs::ImportAny(text, "fuzz.json", "fuzz");
  if (!loaded) return 0;
  const std::string written = costs::WriteTable(loaded->table);
  const auto again = costs::ParseTable(written, "again.json");
  if (!again || costs::WriteTable(again->table) != written ||
      again->table.rows.size() != loaded->table.rows.size())
    std::abort();
  costs::RenderChecklist(again->table);
  const auto micro = costs::ExportMicro(again->table);
  const auto matrix = costs::ExportMatrix(again->table);
  if (costs::ImportMicro(text, "fuzz.json", "fuzz"))
    CompareWith(text, "results", micro);
  else if (costs::ImportMatrix(text, "fuzz.json", "fuzz"))
    CompareWith(text, "results", matrix);
  for (const auto part : {costs::V1Part::kHard, costs::V1Part::kSoft, costs::V1Part::kMotion}) {
    const auto v1 = costs::ExportV1(again->table, part);
    if (text.find(costs::V1Schema(part)) != std::string::npos &&
        costs::ImportV1(text, "fuzz.json", "fuzz"))
      CompareWith(text, "costs", v1);
  }
  return 0;
}
