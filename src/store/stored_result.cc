#include "store/stored_result.h"

#include <utility>

#include "base/atomic_file.h"
#include "base/json_fields.h"
#include "base/text.h"
#include "store/artifact_identity.h"
#include "store/npz_reader.h"

namespace reelbatch::store {

namespace fs = std::filesystem;
using base::Json;
using base::JsonFields;

namespace {

/// The component's own part of `text`; empty: it says nothing. Errors: corrupt.
base::Result<std::string> OwnMeta(const StoredComponent& component,
                                  const std::string& content_sha256, const std::string& text,
                                  const std::string& name) {
  return base::ReadObject(text, name, [&](JsonFields& fields) {
    if (fields.Text("component") != component.name)
      fields.Reject("component", "\"" + component.name + "\"");
    if (fields.Text("source_sha256") != content_sha256)
      fields.Reject("source_sha256", "that of the video, " + content_sha256);
    if (fields.Text("schema_version") != component.schema)
      fields.Reject("schema_version", "\"" + component.schema + "\"");
    Json own = Json::object();
    for (const auto& [member, value] : fields.json().items()) {
      if (!IsIdentityMember(member)) own[member] = value;
    }
    return own.empty() ? std::string() : base::OneLine(own);
  });
}

}  // namespace

base::Result<contracts::ComponentResult> LoadResult(const StoredComponent& component,
                                                    const std::string& content_sha256,
                                                    const fs::path& run_folder) {
  const fs::path npz = run_folder / component.npz;
  auto content = ReadNpz(npz);
  if (!content) return std::unexpected(content.error());
  auto meta =
      OwnMeta(component, content_sha256, content->meta, base::PathForPeople(npz) + ": meta");
  if (!meta) return std::unexpected(meta.error());
  contracts::ComponentResult result;
  if (component.document) {
    const fs::path file = run_folder / component.document->file;
    const auto text = base::ReadWholeFile(file);
    if (!text) return std::unexpected(text.error());
    auto read = component.document->read(*text, base::PathForPeople(file));
    if (!read) return std::unexpected(read.error());
    result.events = std::move(read->events);
  }
  result.arrays = std::move(content->arrays);
  result.meta = std::move(*meta);
  return result;
}

}  // namespace reelbatch::store
