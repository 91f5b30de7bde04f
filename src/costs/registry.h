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
  int width = 0;  // size of the input in pixels, not of a bucket
  int height = 0;
  /// For rows with terms, by the name of the term; a missing one counts as 0.
  std::map<std::string, double, std::less<>> drivers = {};
  std::string device = {};  // id of a profile; empty: any
  int threads = 1;
  int concurrency = 1;
  contracts::InputKind input_kind = contracts::InputKind::kReal;
  std::string measured_by = {};  // the command that measures it, for the error message
};

/// How a row was found, in the order of preference.
enum class CostMatch : uint8_t {
  kExact,        // this device and exactly this size
  kBucket,       // this device, the row of the size bucket, scaled to the size
  kOtherBucket,  // this device, the nearest larger measured bucket (else the largest),
                 // scaled
  kOtherDevice,  // the best of these on another device
};
std::string_view CostMatchName(
    CostMatch match);  // "exact", "bucket", "other bucket", "other device"

/// A cost and its origin.
struct CostEstimate {
  const contracts::CostRow* row = nullptr;  // valid as long as the registry
  CostMatch match = CostMatch::kExact;
  /// Estimated, not measured: another device, another bucket, a size above the grid, or another
  /// number of threads.
  bool extrapolated = false;
  double ms_per_unit = 0;
  /// Of a bucket that is not smaller, unchanged: memory has steps and is not interpolated. Above
  /// the largest measured bucket it grows with the pixels. None: not measured.
  std::optional<double> cpu_rss_peak_mb;
};

/// Cost rows by the work that they describe. A search takes less than a microsecond for any
/// number of rows. Threads: many may read at the same time.
class Registry {
 public:
  /// If two rows have the cost of the same work, the one with the later date is used, then the one
  /// added later.
  explicit Registry(std::vector<contracts::CostTable> tables);
  Registry(Registry&&) = default;
  Registry& operator=(Registry&&) = default;

  /// Among rows of one device that fit otherwise: first the same number of threads, then the
  /// requested kind of input, then the smallest concurrency not below the requested one, else the
  /// largest. Other devices: first the same ISA, then the later date. Errors: not_measured (no row
  /// of this component, part and knobs; the message has the command that measures it).
  base::Result<CostEstimate> Find(const CostQuery& query) const;

  const std::vector<contracts::CostTable>& tables() const { return tables_; }
  /// The profile with this id; null if no row has it.
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
