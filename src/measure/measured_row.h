#pragma once

#include <memory>
#include <optional>
#include <string>

#include "contracts/cost_row.h"
#include "measure/memory_probe.h"
#include "measure/protocol.h"
#include "measure/work.h"

namespace reelbatch::measure {

/// What all rows of one call of `bench` have in common.
struct Session {
  std::shared_ptr<const contracts::DeviceProfile>
      device;  // never null; its isa is that of the kernels
  std::string commit;
  bool dirty = false;
  std::string program;  // SHA-256 of the running program: tells two dirty builds apart
  Protocol protocol;
  int frames = 64;
  int concurrency = 1;
  contracts::InputKind input_kind = contracts::InputKind::kNoise;
  std::string input;       // "seed 1", or the videos' names and content hashes
  std::string date;        // when the call began, ISO 8601
  std::string table_path;  // of the table that the rows end up in
};

/// One row as it is planned: everything but its figures.
contracts::CostRow PlannedRow(const Session& session, contracts::CostSubject subject,
                              const contracts::InputBucket& bucket);
contracts::CostRow PlannedRow(const Session& session, const Work& work,
                              const contracts::InputBucket& bucket);

/// What a row was measured of, with, and how, as one text: equal for two rows of which the second
/// would measure the same once more.
std::string IdentityOf(const contracts::CostRow& row);

/// Fills in what was measured. Beside the row's own members `measure` gets attempts, spread, CPU
/// time and waiting; of memory what the process held before, by smaps_rollup and as PSS.
void SetTimes(const Measurement& measured, int units, contracts::CostRow& row);
void SetMemory(const MemoryFigures& figures, contracts::CostRow& row);
/// Why there are no figures.
void SetError(const base::Error& error, contracts::CostRow& row);
std::optional<std::string> ErrorOf(const contracts::CostRow& row);

}  // namespace reelbatch::measure
