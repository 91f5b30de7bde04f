#pragma once

#include "apps/reelbatch/bench/bench_settings.h"
#include "apps/reelbatch/command.h"

namespace reelbatch::app {

/// `bench micro`, `bench matrix`, `bench memory`: rows of components. The exit code.
int BenchRows(BenchKind kind, const Invocation& call);
int BenchDecode(const Invocation& call);
int BenchModel(const Invocation& call);
int BenchPeers(const Invocation& call);

/// DIR of --out, made where it is missing. Errors: invalid_argument (not given, no folder), io (not
/// writable).
base::Result<measure::RowFolder> BenchFolder(const std::optional<std::filesystem::path>& out);

}  // namespace reelbatch::app
