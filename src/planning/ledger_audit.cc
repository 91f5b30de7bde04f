#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "planning/ledger.h"

namespace reelbatch::planning {

std::string Ledger::AuditFlow() const {
  for (const UnitFlow::Pair pair : flow_.Pairs()) {
    const auto name = [&] { return fmt::format("key {}, video {}", pair.key, pair.video); };
    const OpenSources& sources = keys_[static_cast<size_t>(pair.key)].sources;
    const UnitFlow::State state = flow_.StateOf(pair);
    if (state.open != sources.running.contains(pair.video) ||
        state.blocked != sources.blocked.contains(pair.video)) {
      return name() + ": is open or blocked otherwise than its links say";
    }
    if (!flow_.Feeds(pair)) continue;
    const UnitFlow::Counts counts = flow_.CountsOf(pair);
    int64_t unfinished = counts.results + Waiting(pair);
    for (const auto& [id, flight] : in_flight_) {
      if (flight.batch.key != pair.key) continue;
      unfinished += std::ranges::count_if(flight.batch.units, [&](contracts::UnitId unit) {
        return unit.video == pair.video && flow_.CountsUnit(pair.key, unit);
      });
    }
    if (unfinished != counts.unfinished) {
      return fmt::format("{}: {} units count as unfinished, {} are", name(), counts.unfinished,
                         unfinished);
    }
    if (counts.held < 0 || counts.held > counts.results) {
      return fmt::format("{}: {} of {} results are held", name(), counts.held, counts.results);
    }
  }
  return {};
}

std::string Ledger::Audit() const {
  std::vector<double> mb(devices_.size(), 0);
  std::vector<int64_t> in_flight(keys_.size(), 0);
  for (const auto& [id, batch] : in_flight_) {
    const auto key = static_cast<size_t>(batch.batch.key);
    in_flight[key] += static_cast<int64_t>(batch.batch.units.size());
    mb[static_cast<size_t>(keys_[key].spec.device)] += batch.mb;
  }
  for (size_t k = 0; k < keys_.size(); ++k) {
    const UnitCounts counts = Counts(static_cast<int>(k));
    const int64_t sum = counts.queued + counts.in_flight + counts.to_retry + counts.done +
                        counts.failed + counts.dropped;
    if (sum != counts.added)
      return fmt::format("key {}: {} units were added, {} are accounted for", k, counts.added, sum);
    if (counts.in_flight != in_flight[k]) {
      return fmt::format("key {}: {} units count as in flight, batches hold {}", k,
                         counts.in_flight, in_flight[k]);
    }
  }
  int cores = 0;
  for (const auto& [video, task] : running_) {
    cores += task.cores;
    if (lanes_.device >= 0) mb[static_cast<size_t>(lanes_.device)] += task.mb;
  }
  if (lanes_.device >= 0) mb[static_cast<size_t>(lanes_.device)] += units_mb_;
  if (cores != cores_busy_)
    return fmt::format("{} cores count as busy, videos have {}", cores_busy_, cores);
  for (size_t d = 0; d < devices_.size(); ++d) {
    const double ours = mb[d] + devices_[d].models_mb;
    if (std::abs(ours - devices_[d].ours_mb) > 1e-3) {
      return fmt::format("device {}: {} MB count as ours, {} are held", d, devices_[d].ours_mb,
                         ours);
    }
  }
  return AuditFlow();
}

}  // namespace reelbatch::planning
