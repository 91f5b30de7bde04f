#include <string>
#include <string_view>
#include <vector>

#include "costs/table_fields.h"
#include "costs/table_json.h"

namespace reelbatch::costs {
namespace {

/// "rows": [...], an object per line.
template <class T>
std::string Section(std::string_view key, const std::vector<T>& objects, TableNames& names) {
  std::string text = fmt::format("  \"{}\": [", key);
  const char* before = "\n    ";
  for (const T& object : objects) {
    text += before + WriteObject(object, names);
    before = ",\n    ";
  }
  return text + (objects.empty() ? "]" : "\n  ]");
}

}  // namespace

std::string WriteTable(const contracts::CostTable& table) {
  TableNames names;
  // Before the blocks, which they name.
  const std::string rows = Section("rows", table.rows, names);
  const std::string summaries = Section("summaries", table.summaries, names);
  std::string text =
      fmt::format("{{\n  \"schema_version\": \"{}\",\n  \"memory_unit\": \"MiB\",\n", kTableSchema);
  text += names.Sections() + rows + ",\n" + summaries;
  if (table.extra.size() > 2) text += ",\n  " + table.extra.substr(1, table.extra.size() - 2);
  return text + "\n}\n";
}

}  // namespace reelbatch::costs
