#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/cost_row.h"
#include "measure/work.h"

namespace reelbatch::measure {

/// The output folder of `bench`: a file per row, each a table of its own that is written completely
/// or not at all, and costs.json with all of them. Threads: one caller at a time.
class RowFolder {
 public:
  static constexpr const char* kTable = "costs.json";

  explicit RowFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// Creates it. Errors: io, invalid_argument (something in the way is not a folder).
  base::Status Create() const;

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path table() const { return folder_ / kTable; }
  /// "hard/1280x720-default-noise.json", "hard+soft/feature_ssim_only/284x160-fast-real-x2.json"
  /// in the folder.
  std::filesystem::path FileOf(const Work& work, const contracts::CostRow& row) const;

  /// The row of a file. None: the file is missing, or does not have one row, which is then measured
  /// again.
  std::optional<contracts::CostRow> Read(const std::filesystem::path& file) const;
  /// Errors: io.
  base::Status Write(const std::filesystem::path& file, const contracts::CostRow& row) const;

  struct Collected {
    contracts::CostTable table;
    std::vector<std::string> left_out;  // files that are not rows, one line each
  };
  /// All rows in files of the folder: by folder, then preset, aspect and size. Errors: io.
  base::Result<Collected> Collect() const;
  /// Collects all rows, and writes the table. Errors: io.
  base::Result<Collected> WriteTable() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace reelbatch::measure
