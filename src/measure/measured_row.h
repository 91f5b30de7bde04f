#pragma once

#include <memory>
#include <optional>
#include <string>

#include "contracts/cost_row.h"
#include "measure/memory_probe.h"
#include "measure/protocol.h"
#include "measure/work.h"

namespace reelbatch::measure {

/// What all rows of one call of `bench` share.
struct Session {
  std::shared_ptr<const contracts::DeviceProfile>
      device;  // never null; its isa is that of the kernels
  std::string commit;
  bool dirty = false;
  std::string
      program;  // SHA-256 of the running program: distinguishes two builds with uncommitted changes
  Protocol protocol;
  int frames = 64;
  int concurrency = 1;
  contracts::InputKind input_kind = contracts::InputKind::kNoise;
  std::string input;       // "seed 1", or names and content hashes of the videos
  std::string date;        // when the call began, ISO 8601
  std::string table_path;  // of the table for the rows
};

/// One planned row: everything except its figures.
contracts::CostRow PlannedRow(const Session& session, contracts::CostSubject subject,
                              const contracts::InputBucket& bucket);
contracts::CostRow PlannedRow(const Session& session, const Work& work,
                              const contracts::InputBucket& bucket);

/// The identity of a row as text: its work, program and protocol. Equal for two rows if measuring
/// the second would repeat the first.
std::string IdentityOf(const contracts::CostRow& row);

/// Adds the measured figures. In addition to the members of the row, `measure` gets attempts,
/// spread, CPU time and waiting; for memory, the memory of the process before, by smaps_rollup and
/// as PSS.
void SetTimes(const Measurement& measured, int units, contracts::CostRow& row);
void SetMemory(const MemoryFigures& figures, contracts::CostRow& row);
/// Why there are no figures.
void SetError(const base::Error& error, contracts::CostRow& row);
std::optional<std::string> ErrorOf(const contracts::CostRow& row);

}  // namespace reelbatch::measure
