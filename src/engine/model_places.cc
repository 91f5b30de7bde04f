#include "engine/model_places.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <string>

namespace reelbatch::engine {
namespace {

namespace fs = std::filesystem;

/// The folders of the library with this code and of the program that uses it, which may be one.
std::vector<fs::path> OwnFolders() {
  std::vector<fs::path> folders;
  std::error_code error;
  Dl_info here{};
  if (dladdr(reinterpret_cast<const void*>(&FindWorker), &here) != 0 && here.dli_fname != nullptr) {
    const fs::path library = fs::weakly_canonical(here.dli_fname, error);
    if (!error && library.is_absolute()) folders.push_back(library.parent_path());
  }
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path());
  return folders;
}

}  // namespace

std::vector<fs::path> EngineFolders(const ModelPlaces& places) {
  std::vector<fs::path> folders{places.folder};
  folders.insert(folders.end(), places.engines.begin(), places.engines.end());
  return folders;
}

base::Result<fs::path> FindWorker() {
  // Beside it; of an installation, from bin/, lib/ and lib/<machine>/; of a build, one above.
  constexpr const char* kPlaces[] = {"", "../libexec/reelbatch", "../../libexec/reelbatch", ".."};
  std::string looked;
  for (const fs::path& folder : OwnFolders()) {
    for (const char* place : kPlaces) {
      const fs::path program = (folder / place / "reelbatch-worker").lexically_normal();
      if (access(program.c_str(), X_OK) == 0) return program;
      looked += (looked.empty() ? "" : ", ") + program.string();
    }
  }
  return base::Fail(
      base::Code::kUnavailable,
      fmt::format("is not at {}; install it again, or run models in this process with "
                  "--isolation none",
                  looked),
      "reelbatch-worker");
}

}  // namespace reelbatch::engine
