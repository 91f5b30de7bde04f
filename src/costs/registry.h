#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "contracts/cost_row.h"
#include "costs/size_model.h"

namespace reelbatch::costs {

/// The work whose cost is requested.
struct CostQuery {
  std::string component;
  std::string component_part = {};
  contracts::Knobs knobs = {};
  int width = 0;  // px of the input, not of a bucket
  int height = 0;
  /// Of rows that have terms, by the term's name; one that is not there counts as 0.
  std::map<std::string, double, std::less<>> drivers = {};
  std::string device = {};  // id of a profile; empty: any
  int threads = 1;
  int concurrency = 1;
  contracts::InputKind input_kind = contracts::InputKind::kReal;
  std::string measured_by = {};  // the command that measures it, for the error
};

/// How a row was come by, in the order in which they are tried.
enum class CostMatch : uint8_t {
  kExact,        // this device, this very size
  kBucket,       // this device, the row of the size's bucket, scaled to the size
  kOtherBucket,  // this device, the nearest larger bucket that was measured (else the largest),
                 // scaled
  kOtherDevice,  // the best of these on another device
};
std::string_view CostMatchName(
    CostMatch match);  // "exact", "bucket", "other bucket", "other device"

/// A price and where it comes from.
struct CostEstimate {
  const contracts::CostRow* row = nullptr;  // lives as long as the registry
  CostMatch match = CostMatch::kExact;
  /// Not measured but concluded: another device, another bucket, a size above the grid, or other
  /// threads than asked for.
  bool extrapolated = false;
  double ms_per_unit = 0;
  /// Of a bucket that is not smaller, as it is: memory has steps and is never interpolated. Above
  /// the largest bucket measured it grows as pixels do. None: not measured.
  std::optional<double> cpu_rss_peak_mb;
};

/// Cost rows by what they are asked for. Finding one takes less than a microsecond, whatever their
/// number. Threads: reading from many is fine.
class Registry {
 public:
  /// Where two rows say the same thing, the one of the later date is used, then the one added
  /// later.
  explicit Registry(std::vector<contracts::CostTable> tables);
  Registry(Registry&&) = default;
  Registry& operator=(Registry&&) = default;

  /// Among rows of one device that fit otherwise: the same number of threads first, then the wanted
  /// kind of input, then the smallest concurrency not below the wanted one, else the largest. Other
  /// devices: the same ISA first, then the later date. Errors: not_measured (no row of this
  /// component, part and knobs; names the command that measures it).
  base::Result<CostEstimate> Find(const CostQuery& query) const;

  const std::vector<contracts::CostTable>& tables() const { return tables_; }
  /// The profile of that id, null where no row has it.
  const contracts::DeviceProfile* Device(std::string_view id) const;

 private:
  using Slots = std::array<const contracts::CostRow*, 24>;  // by aspect, then by S

  /// Rows that differ in size only.
  struct Series {
    const contracts::CostRow* first = nullptr;
    Slots rows{};
    const contracts::CostRow* any_size = nullptr;
    SizeModel model;
  };
  /// One component, part and knobs.
  struct Group {
    const contracts::CostSubject* subject = nullptr;
    std::vector<Series> series;
  };

  void Add(const contracts::CostRow& row);
  void FitModels();
  const Group* FindGroup(const CostQuery& query) const;
  const Series& Choose(const Group& group, const CostQuery& query) const;

  std::vector<contracts::CostTable> tables_;
  std::vector<Group> groups_;
  std::unordered_multimap<size_t, size_t> by_hash_;  // index into groups_
  std::unordered_map<const contracts::CostSubject*, size_t> by_subject_;
  std::map<std::string, const contracts::DeviceProfile*, std::less<>> devices_;
};

}  // namespace reelbatch::costs
