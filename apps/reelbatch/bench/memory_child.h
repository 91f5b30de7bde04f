#pragma once

#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "measure/memory_probe.h"

namespace reelbatch::app {

/// The words behind `reelbatch bench` that make this program measure the memory of one work over
/// the frames in file 3, and print the figures. Not for people, so no help knows it.
inline constexpr const char* kMemoryRow = "memory-row";

/// Runs this program once more for one row. Errors: as base::RunChild() and
/// measure::ParseMemoryJson().
base::Result<measure::MemoryFigures> MeasureMemoryInChild(const measure::Work& work,
                                                          const measure::FrameStack& stack,
                                                          const base::CancelToken& cancel);

/// The environment of this process, NAME=value.
std::vector<std::string> OwnEnvironment();

/// The child's side; the exit code.
int MemoryRow(const std::vector<std::string>& words);

}  // namespace reelbatch::app
