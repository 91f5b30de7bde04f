#include <fstream>

#include "base/test_folder.h"
#include "inference/model_folder.h"

using namespace reelbatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const base::testing::TempFolder folder;
  std::ofstream(folder.path() / "model.json", std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const auto read = inference::ReadModelFolder(folder.path());
  if (!read && read.error().message.empty()) std::abort();
  return 0;
}
