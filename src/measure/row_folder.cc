#include "measure/row_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/atomic_file.h"
#include "base/text.h"
#include "costs/table_json.h"

namespace reelbatch::measure {
namespace {

namespace fs = std::filesystem;

struct Found {
  std::string folder;
  contracts::CostRow row;
};

int Rank(const std::string& preset) {
  return static_cast<int>(contracts::PresetNamed(preset).value_or(contracts::Preset::kFast));
}

bool Before(const Found& a, const Found& b) {
  const auto key = [](const Found& found) {
    const contracts::InputBucket& bucket = found.row.bucket;
    return std::tuple(std::string_view(found.folder), Rank(found.row.subject->preset),
                      bucket.aspect, bucket.short_side, found.row.input_kind,
                      found.row.concurrency);
  };
  return key(a) < key(b);
}

/// Letters, digits and few marks: a step's name without what stands in parentheses.
std::string FolderName(std::string name) {
  name = name.substr(0, name.find('('));
  std::ranges::replace(name, ',', '+');
  return name;
}

base::Result<contracts::CostRow> ReadRow(const fs::path& file) {
  auto text = base::ReadWholeFile(file);
  if (!text) return std::unexpected(text.error());
  auto loaded = costs::ParseTable(std::move(*text), base::PathForPeople(file));
  if (!loaded) return std::unexpected(loaded.error());
  if (loaded->table.rows.size() != 1) {
    return base::Fail(base::Code::kCorrupt, "does not have exactly one row",
                      base::PathForPeople(file));
  }
  return std::move(loaded->table.rows.front());
}

}  // namespace

base::Status RowFolder::Create() const { return base::MakeFolders(folder_); }

fs::path RowFolder::FileOf(const Work& work, const contracts::CostRow& row) const {
  fs::path folder = folder_ / FolderName(work.part.text);
  if (!work.step.empty()) folder /= FolderName(work.step);
  const std::string load = row.concurrency > 1 ? fmt::format("-x{}", row.concurrency) : "";
  return folder / fmt::format("{}x{}-{}-{}{}.json", row.bucket.width, row.bucket.height,
                              contracts::PresetName(work.preset),
                              contracts::InputKindName(row.input_kind), load);
}

std::optional<contracts::CostRow> RowFolder::Read(const fs::path& file) const {
  auto row = ReadRow(file);
  return row ? std::optional(std::move(*row)) : std::nullopt;
}

base::Status RowFolder::Write(const fs::path& file, const contracts::CostRow& row) const {
  if (auto made = base::MakeFolders(file.parent_path()); !made) return made;
  contracts::CostTable table;
  table.rows.push_back(row);
  return base::WriteFileAtomically(file, costs::WriteTable(table));
}

base::Result<RowFolder::Collected> RowFolder::Collect() const {
  std::error_code error;
  std::vector<fs::path> files;
  for (auto at = fs::recursive_directory_iterator(folder_, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().extension() == ".json" && at->path() != table() && at->is_regular_file(error))
      files.push_back(at->path());
  }
  if (error) return std::unexpected(base::FileError(error.value(), "cannot be listed", folder_));
  std::ranges::sort(files);
  std::vector<Found> found;
  Collected collected;
  for (const fs::path& file : files) {
    auto row = ReadRow(file);
    if (row) {
      found.push_back({.folder = file.parent_path().string(), .row = std::move(*row)});
    } else {
      collected.left_out.push_back(row.error().Text());
    }
  }
  std::ranges::stable_sort(found, Before);
  for (Found& one : found) collected.table.rows.push_back(std::move(one.row));
  return collected;
}

base::Result<RowFolder::Collected> RowFolder::WriteTable() const {
  auto collected = Collect();
  if (!collected) return collected;
  if (auto written = base::WriteFileAtomically(table(), costs::WriteTable(collected->table));
      !written) {
    return std::unexpected(written.error());
  }
  return collected;
}

}  // namespace reelbatch::measure
