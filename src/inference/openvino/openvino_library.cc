#include "inference/openvino/openvino_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace reelbatch::inference {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "libopenvino_c.so";
/// The first release whose element types have the numbers of today: 2025.0 counts one more in
/// front.
constexpr std::pair<int, int> kOldest{2025, 1};

using Library = std::shared_ptr<const OpenVinoLibrary>;

std::unexpected<base::Error> Refused(const std::string& file, std::string why) {
  return base::Fail(base::Code::kUnavailable, std::move(why), file);
}

/// The first function that is missing; null: none is.
const char* FindAll(void* handle, OpenVinoLibrary& library) {
  const char* missing = nullptr;
  const auto find = [&]<class Function>(const char* symbol, Function& out) {
    out = reinterpret_cast<Function>(dlsym(handle, symbol));
    if (out == nullptr && missing == nullptr) missing = symbol;
  };
  find("ov_get_openvino_version", library.get_version);
  find("ov_version_free", library.free_version);
  find("ov_get_last_err_msg", library.last_error);
  find("ov_get_error_info", library.status_text);
  find("ov_free", library.free_text);
  find("ov_core_create", library.create_core);
  find("ov_core_free", library.free_core);
  find("ov_core_read_model", library.read_graph);
  find("ov_core_compile_model", library.compile);
  find("ov_model_free", library.free_graph);
  find("ov_model_inputs_size", library.count_inputs);
  find("ov_model_outputs_size", library.count_outputs);
  find("ov_model_const_input_by_name", library.find_input);
  find("ov_model_const_output_by_name", library.find_output);
  find("ov_output_const_port_free", library.free_port);
  find("ov_port_get_element_type", library.element_of_port);
  find("ov_port_get_partial_shape", library.shape_of_port);
  find("ov_partial_shape_free", library.free_partial_shape);
  find("ov_compiled_model_free", library.free_compiled);
  find("ov_compiled_model_create_infer_request", library.create_request);
  find("ov_infer_request_free", library.free_request);
  find("ov_infer_request_set_tensor", library.set_tensor);
  find("ov_infer_request_get_tensor", library.get_tensor);
  find("ov_infer_request_infer", library.infer);
  find("ov_tensor_create_from_host_ptr", library.wrap_memory);
  find("ov_tensor_data", library.data_of_tensor);
  find("ov_tensor_get_byte_size", library.bytes_of_tensor);
  find("ov_tensor_free", library.free_tensor);
  return missing;
}

/// "2026.4.1" of "2026.4.1-22184-abc"; none where it does not say.
std::optional<std::string> VersionOf(const OpenVinoLibrary& library) {
  openvino::Version version{};
  if (library.get_version(&version) != openvino::kOk) return std::nullopt;
  const std::string build = version.build_number != nullptr ? version.build_number : "";
  library.free_version(&version);
  return build.substr(0, build.find('-'));
}

bool IsTooOld(const std::string& version) {
  std::pair<int, int> numbers;
  const char* const end = version.data() + version.size();
  const auto year = std::from_chars(version.data(), end, numbers.first);
  if (year.ec != std::errc() || year.ptr == end || *year.ptr != '.') return true;
  const auto minor = std::from_chars(year.ptr + 1, end, numbers.second);
  return minor.ec != std::errc() || numbers < kOldest;
}

/// Whether the numbers of element types mean what we take them for. Another numbering would not
/// fail, it would compute with other numbers.
bool NumbersTypesAsWeDo(const OpenVinoLibrary& library) {
  constexpr std::array<std::pair<openvino::ElementNumber, size_t>, 4> kBytes = {
      {{openvino::kF32, 4}, {openvino::kI32, 4}, {openvino::kI64, 8}, {openvino::kU8, 1}}};
  return std::ranges::all_of(kBytes, [&](const auto& one) {
    int64_t memory = 0;
    int64_t dimension = 1;
    openvino::Tensor* tensor = nullptr;
    const openvino::Shape shape{.rank = 1, .dims = &dimension};
    if (library.wrap_memory(one.first, shape, &memory, &tensor) != openvino::kOk) return false;
    size_t bytes = 0;
    const openvino::Status status = library.bytes_of_tensor(tensor, &bytes);
    library.free_tensor(tensor);
    return status == openvino::kOk && bytes == one.second;
  });
}

/// The library below FOLDER/.venv; none where there is none.
std::optional<fs::path> FetchedLibrary(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& python : fs::directory_iterator(folder / ".venv/lib", error)) {
    const fs::path libs = python.path() / "site-packages/openvino/libs";
    std::error_code ignored;
    for (const fs::directory_entry& file : fs::directory_iterator(libs, ignored)) {
      if (file.path().filename().native().starts_with(kName)) found.push_back(file.path());
    }
  }
  if (found.empty()) return std::nullopt;
  return std::ranges::max(found);
}

}  // namespace

std::string OpenVinoLibrary::Reason(openvino::Status status) const {
  // The text is that of the last exception in the process. The statuses between this one and
  // kUnknownException are of calls that the C interface itself refuses, and those set none.
  constexpr openvino::Status kLastOfExceptions = -13;
  std::string reason;
  const char* const text = last_error();
  if (text != nullptr) {
    if (status >= kLastOfExceptions || status == openvino::kUnknownException) reason = text;
    free_text(text);
  }
  if (reason.empty()) {
    if (const char* const meaning = status_text(status); meaning != nullptr) reason = meaning;
  }
  return reason.empty() ? fmt::format("status {}", status) : reason;
}

base::Result<Library> LoadOpenVinoFile(const std::string& file) {
  // It is never unloaded: its threads and plugins may outlive a model.
  void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    const char* const text = dlerror();
    std::string reason = text != nullptr ? text : "cannot be loaded";
    if (const std::string front = file + ": "; reason.starts_with(front))
      reason.erase(0, front.size());
    return Refused(file, std::move(reason));
  }
  auto library = std::make_shared<OpenVinoLibrary>();
  library->file = file;
  const char* const missing = FindAll(handle, *library);
  dlclose(handle);
  if (missing != nullptr)
    return Refused(file, fmt::format("has no function {}, so it is not the C interface of an "
                                     "OpenVINO that reelbatch can use",
                                     missing));
  const std::optional<std::string> version = VersionOf(*library);
  if (!version) return Refused(file, "does not say its version");
  if (IsTooOld(*version))
    return Refused(file, fmt::format("is OpenVINO {}; reelbatch needs {}.{} or newer", *version,
                                     kOldest.first, kOldest.second));
  if (!NumbersTypesAsWeDo(*library))
    return Refused(file, fmt::format("is OpenVINO {}, which numbers element types in a way that "
                                     "reelbatch does not know",
                                     *version));
  library->version = *version;
  return library;
}

base::Result<Library> LoadOpenVino(const std::vector<fs::path>& folders) {
  std::string tried;
  const auto note = [&](std::string_view text) {
    tried += fmt::format("{}{}", tried.empty() ? "" : "; ", text);
  };
  std::vector<fs::path> seen;
  for (const fs::path& folder : folders) {
    if (folder.empty() || std::ranges::find(seen, folder) != seen.end()) continue;
    seen.push_back(folder);
    const std::optional<fs::path> file = FetchedLibrary(folder);
    if (!file) {
      note(fmt::format("{}: not there", (folder / ".venv").string()));
      continue;
    }
    auto library = LoadOpenVinoFile(file->string());
    if (library) return library;
    note(library.error().Text());
  }
  auto library = LoadOpenVinoFile(std::string(kName));
  if (library) return library;
  note(library.error().Text());
  return base::Fail(base::Code::kUnavailable,
                    fmt::format("OpenVINO, which runs models in this process, cannot be loaded "
                                "({}); `reelbatch models fetch` fetches it, or a server can run "
                                "the models (--executor triton)",
                                tried));
}

}  // namespace reelbatch::inference
