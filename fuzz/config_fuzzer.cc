#include "apps/reelbatch/config_file.h"
#include "apps/reelbatch/options.h"
#include "fuzz/memory_file.h"

using namespace reelbatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::MemoryFile file(data, size);
  app::CommonOptions common;
  app::WorkOptions work;
  contracts::RunConfig config;
  app::OptionTable table;
  app::AddCommonOptions(table, common);
  app::AddAnalysisOptions(table, config);
  app::AddWorkOptions(table, work);
  std::vector<std::string> inputs;
  const base::Status applied = app::ApplyConfigFile(file.path(), table, inputs);
  if (!applied && applied.error().message.empty()) std::abort();
  return 0;
}
